// Runs before the first paint, so that a chosen theme never flashes through the other one.
try {
  const theme = localStorage.getItem("eduscope.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage can be switched off; then the system's preference stands.
}
