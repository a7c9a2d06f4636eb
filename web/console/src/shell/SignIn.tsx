/** For someone without a session: where the one-time link comes from. */
export function SignIn() {
  return (
    <div className="empty" data-testid="sign-in">
      <h2>Sign in with a one-time link</h2>
      <p>
        There is no password. When the platform starts, its terminal prints a start page link that signs this
        browser in, once.
      </p>
      <p>
        <strong>Used up, or scrolled away?</strong> On the machine that runs EduScope, ask for another:
      </p>
      <pre>eduscope keys link</pre>
      <p className="muted">
        Only trying it out? <code>eduscope demo</code> starts the platform with a live school and prints the
        link.
      </p>
    </div>
  );
}
