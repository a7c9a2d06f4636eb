/** The classes a field can be declared with, those that keep most first, each with what happens to its values. */
export const CLASSES: readonly [name: string, meaning: string][] = [
  ["label", "a word from a small set, kept"],
  ["identifier", "an opaque id, kept if it looks like one"],
  ["measure", "a number, a yes or no, a time, kept"],
  ["path", "a route or a file, kept without query and ids"],
  ["message", "operators' words, kept after redaction"],
  ["token", "a person, kept as a token"],
  ["network", "an IP address, its host part hashed"],
  ["prose", "learners' own words, not kept"],
  ["secret", "a credential, not kept"],
];

const MEANINGS = new Map(CLASSES);

export const meaningOf = (name: string): string => MEANINGS.get(name) ?? "";

const NAME = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/;
const NAME_CHARACTERS_MAX = 128;

/** Whether the contract can declare a name as it stands. */
export const isDeclarable = (name: string): boolean => name.length <= NAME_CHARACTERS_MAX && NAME.test(name);

/** The line that declares the field in the service itself, before its lines leave the process. */
export const declareLine = (name: string, fieldClass: string): string =>
  `eduscope.contract.declare("${name}", "${fieldClass}")`;
