import { usePageTitle } from "../parts/usePageTitle";

/** For someone without a session: where the one-time link comes from. */
export function SignIn() {
  usePageTitle("Sign in");
  return (
    <div className="empty" data-testid="sign-in">
      <h1>Sign in with a one-time link</h1>
      <p>
        There is no password. The platform prints a link in its terminal when it starts; opened here, it signs
        this browser in, once.
      </p>
      <p>
        <strong>Used up, or scrolled away?</strong> On the machine that runs EduScope, ask for another:
      </p>
      <pre>eduscope keys link</pre>
      <p>Once it was opened in another tab, this page goes on where it was.</p>
      <p className="muted">
        Only trying it out? <code>eduscope demo</code> starts the platform with a live school and prints the
        link.
      </p>
    </div>
  );
}
