import { CopyLine } from '../shared/CopyLine.tsx'
import { Qr } from '../shared/Qr.tsx'

/** A link that is shown this once: to be copied, or taken by a phone's camera. */
export const LinkOnce = ({ link, about }: { link: string; about: string }) => {
  const full = new URL(link, location.href).href
  return (
    <div class="link-once" data-link="">
      <p>{about}</p>
      <CopyLine primary label="Link" text={full} />
      <Qr text={full} label="The link" />
    </div>
  )
}
