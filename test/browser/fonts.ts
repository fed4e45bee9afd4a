import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where systems keep DejaVu Sans, whose letters are wider than most. */
const FOLDERS = [
  '/usr/share/fonts/truetype/dejavu',
  '/usr/share/fonts/dejavu-sans-fonts',
  '/usr/share/fonts/dejavu',
  '/usr/share/fonts/TTF',
]

/**
 * An environment in which a browser knows DejaVu Sans alone, as on a machine without web fonts; with all fonts of the
 * machine where it has none such. `remove` it when the browser is closed.
 */
export const dejaVuAlone = (): { env: Record<string, string>; remove: () => void } => {
  const folder = FOLDERS.find((each) => existsSync(join(each, 'DejaVuSans.ttf')))
  if (folder === undefined) return { env: {}, remove: () => {} }
  const home = mkdtempSync(join(tmpdir(), 'watchfloor-fonts-'))
  const path = join(home, 'fonts.conf')
  writeFileSync(
    path,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <cachedir>${home}</cachedir>
  <match target="pattern">
    <edit name="family" mode="assign" binding="same"><string>DejaVu Sans</string></edit>
  </match>
</fontconfig>
`,
  )
  return { env: { FONTCONFIG_FILE: path }, remove: () => rmSync(home, { recursive: true, force: true }) }
}
