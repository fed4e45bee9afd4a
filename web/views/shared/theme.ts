import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Shade } from '../../state/palette.ts'
import type { Prefs, Theme } from '../../state/prefs.ts'

/** Read once a shade: canvases ask for colours thousands of times a second. */
const colours = new Map<string, string>()

/** The colour that a style sheet's custom property has now. */
export const colour = (name: string): string => {
  const known = colours.get(name)
  if (known !== undefined) return known
  const value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
  colours.set(name, value)
  return value
}

/** Follows a media query. */
export const mediaSignal = (query: string): ReadonlySignal<boolean> => {
  const list = matchMedia(query)
  const matches = signal(list.matches)
  list.addEventListener('change', () => {
    matches.value = list.matches
  })
  return matches
}

/** The theme chosen, and the shade that it comes to; written to the document, where the style sheets read it. */
export const createTheme = (prefs: Pick<Prefs, 'theme'>) => {
  const theme = signal<Theme>(prefs.theme.get() ?? 'system')
  const light = mediaSignal('(prefers-color-scheme: light)')
  const shade = computed<Shade>(() => (theme.value === 'system' ? (light.value ? 'light' : 'dark') : theme.value))
  effect(() => {
    document.documentElement.dataset.shade = shade.value
    colours.clear()
  })
  return {
    theme,
    shade,
    choose: (next: Theme): void => {
      theme.value = next
      prefs.theme.set(next)
    },
  }
}
export type ThemeState = ReturnType<typeof createTheme>
