// Runs before the first paint, so that no other theme flashes up: sets the remembered theme, else the system's.
let theme = null
try {
  theme = JSON.parse(localStorage.getItem('watchfloor.theme'))
} catch {
  // Nothing can be remembered here.
}
const light = theme === 'light' || (theme !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches)
document.documentElement.dataset.shade = light ? 'light' : 'dark'
