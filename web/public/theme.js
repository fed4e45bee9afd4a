// Runs before the first paint, so that a remembered theme does not flash; the dashboard takes over from there.
try {
  const theme = JSON.parse(localStorage.getItem('watchfloor.theme'))
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme
} catch {
  // Nothing remembered: the system's theme.
}
