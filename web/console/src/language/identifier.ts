const SHAPE = /^[A-Za-z0-9._-]{8,64}$/;

/**
 * Whether a pasted text is an id rather than a word to search for: the contract's shape, with at least
 * three digits in it ("proctoring" is a word, "usr_…" a person and not an id).
 */
export function looksLikeId(text: string): boolean {
  const candidate = text.trim();
  if (!SHAPE.test(candidate) || candidate.startsWith("usr_")) return false;
  return (candidate.match(/\d/g)?.length ?? 0) >= 3;
}
