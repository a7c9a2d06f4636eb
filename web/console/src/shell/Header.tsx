import { Link, useRoute } from "wouter";
import type { Session } from "../api/types";
import { Icon, type IconName } from "../parts/Icon";
import { Progress } from "../parts/Progress";
import { useView } from "../view";
import { JumpBox } from "./JumpBox";
import { SessionMenu } from "./SessionMenu";
import { TenantPicker } from "./TenantPicker";
import { ThemeButton } from "./ThemeButton";

interface HeaderProps {
  session: Session | undefined;
  onHelp: () => void;
}

export function Header({ session, onHelp }: HeaderProps) {
  const view = useView();
  return (
    <header className="header">
      <Link href={view.to("/")} className="brand" aria-label="EduScope">
        <Mark />
        <span>EduScope</span>
      </Link>
      <nav className="nav" aria-label="Pages">
        <NavLink page="/" icon="overview" label="Overview" />
        <NavLink page="/logs" icon="logs" label="Logs" />
        <NavLink page="/traces" icon="trace" label="Traces" />
        <NavLink page="/correlations" icon="timeline" label="Correlation" />
        <NavLink page="/privacy" icon="shield" label="Privacy" />
      </nav>
      <JumpBox />
      <div className="header-tools">
        <TenantPicker session={session} />
        <button
          type="button"
          className="icon-button help-button"
          aria-label="Keyboard help"
          title="Keyboard help (?)"
          onClick={onHelp}
        >
          <Icon name="help" />
        </button>
        <ThemeButton />
        {session && <SessionMenu session={session} />}
      </div>
      <Progress />
    </header>
  );
}

function NavLink({ page, icon, label }: { page: string; icon: IconName; label: string }) {
  const view = useView();
  const [exact] = useRoute(page);
  const [inside] = useRoute(`${page}/:id`);
  return (
    <Link
      href={view.to(page)}
      className="nav-link"
      aria-current={exact || (page !== "/" && inside) ? "page" : undefined}
    >
      <Icon name={icon} />
      <span>{label}</span>
    </Link>
  );
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="9" />
      <path d="M7 12h3l2-4 2 8 1.5-4H17" />
    </svg>
  );
}
