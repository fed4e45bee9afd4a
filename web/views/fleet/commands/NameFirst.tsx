import { NameForm } from '../../desk/NameForm.tsx'

/** On an open floor: whoever asks something of a device says who they are. */
export const NameFirst = () => (
  <div class="name-first">
    <p class="soft">Say who you are first: colleagues see who asked for what.</p>
    <NameForm act="Go on" />
  </div>
)
