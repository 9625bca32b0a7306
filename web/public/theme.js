// Runs before the first paint, so that a chosen theme does not begin as the other one. See src/app/theme.ts.
try {
  const theme = localStorage.getItem('countersign.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be forbidden: then the theme is that of the system.
}
