import { type ReactNode, useState } from "react";
import { ApiError } from "../api/errors";
import { useSession } from "../api/queries";
import { Header } from "./Header";
import { HelpOverlay } from "./HelpOverlay";
import { SignIn } from "./SignIn";
import { useShortcuts } from "./useShortcuts";

/** What surrounds every page: the header, the keyboard, and the door for those who are not signed in. */
export function Shell({ children }: { children: ReactNode }) {
  const [help, setHelp] = useState(false);
  const session = useSession();
  useShortcuts(() => setHelp(true));
  const signedOut = session.error instanceof ApiError && session.error.status === 401;

  return (
    <>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <Header session={session.data} onHelp={() => setHelp(true)} />
      <main id="content" tabIndex={-1}>
        {signedOut ? <SignIn /> : children}
      </main>
      {help && <HelpOverlay close={() => setHelp(false)} />}
    </>
  );
}
