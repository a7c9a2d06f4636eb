import { useState } from "react";
import { endSession } from "../api/client";
import type { Session } from "../api/types";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Popover";

export function SessionMenu({ session }: { session: Session }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      setOpen={setOpen}
      align="end"
      label="Session"
      trigger={(properties) => (
        <button
          type="button"
          className="icon-button"
          aria-label={`Signed in as ${session.name}`}
          title={session.name}
          {...properties}
        >
          <Icon name="person" />
        </button>
      )}
    >
      <div className="session-menu">
        <strong>{session.name}</strong>
        <span className="muted">{session.roles.join(", ")}</span>
        <span className="muted">
          {session.tenants ? `Reads ${session.tenants.join(", ")}` : "Reads every tenant"}
        </span>
        <button
          type="button"
          className="button"
          onClick={async () => {
            await endSession().catch(() => undefined);
            window.location.assign("/");
          }}
        >
          Sign out
        </button>
      </div>
    </Popover>
  );
}
