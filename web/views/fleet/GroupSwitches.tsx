import { useFloor } from '../shared/floor-context.ts'
import { usePopover } from '../shared/use-popover.ts'
import { GroupCommand } from './commands/GroupCommand.tsx'

/** A switch for each group of devices, if there is more than one. */
export const GroupSwitches = () => {
  const { groups, commands } = useFloor()
  const { open, root, toggle } = usePopover()
  const all = groups.all.value
  if (all.length < 2) return null
  const shown = all.filter((group) => group.shown).length
  return (
    <div class="groups" ref={root}>
      <button type="button" class="chip" aria-expanded={open.value} onClick={toggle}>
        Groups <b>{shown === all.length ? 'all' : `${shown} of ${all.length}`}</b>
      </button>
      {open.value && (
        <fieldset class="group-list">
          <legend class="unseen">Groups on the map</legend>
          {all.map((group) => (
            <div class="group-row" key={group.name}>
              <label>
                <input
                  type="checkbox"
                  data-group={group.name}
                  checked={group.shown}
                  onChange={(event) => groups.show(group.name, event.currentTarget.checked)}
                />
                <span>{group.name}</span>
              </label>
              {commands !== null && <GroupCommand group={group.name} onAsk={toggle} />}
            </div>
          ))}
        </fieldset>
      )}
    </div>
  )
}
