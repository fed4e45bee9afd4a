/**
 * A link that lets somebody in. The token stands behind the `#`, which browsers tell no server: no log and no other
 * page ever sees it. `floor`: where browsers find the floor, without a slash at its end.
 */
export const linkTo = (floor: string, use: 'invitation' | 'share', token: string): string =>
  `${floor}/#${use === 'invitation' ? 'in' : 'share'}=${token}`
