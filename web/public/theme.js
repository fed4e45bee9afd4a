// Runs before the first paint, so that no other theme flashes: the remembered one, else the system's. The dashboard takes over from there.
let theme = null
try {
  theme = JSON.parse(localStorage.getItem('watchfloor.theme'))
} catch {
  // Nothing can be remembered here.
}
const light = theme === 'light' || (theme !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches)
document.documentElement.dataset.shade = light ? 'light' : 'dark'
