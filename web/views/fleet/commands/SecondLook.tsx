import { useSignal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'
import type { CommandKind, CommandTo } from '../../../../wire/commands.ts'
import { type Asked, toInWords } from '../../../state/commands/asked.ts'
import { bothOf, type Condition, conditionsForMany, conditionsOf } from '../../../state/commands/conditions.ts'
import { argsInWords, devicesInWords } from '../../../state/commands/words.ts'
import { formatAge } from '../../../state/format.ts'
import { useFloor } from '../../shared/floor-context.ts'

/** Names that are written out; how many more there are is told. */
const MOST_NAMES = 12

type Props = { kind: CommandKind; to: CommandTo; asked: Asked; onBack: () => void; onConfirm: () => void }

const Whom = ({ to }: { to: CommandTo }) => {
  if ('group' in to) return <p>Every device of the group {to.group} that you may ask this of gets it.</p>
  if (to.devices.length === 1) return null
  const more = to.devices.length - MOST_NAMES
  return (
    <p class="names">
      {to.devices.slice(0, MOST_NAMES).join(', ')}
      {more > 0 && ` and ${devicesInWords(more)} more`}
    </p>
  )
}

const Conditions = ({ conditions, many }: { conditions: readonly Condition[]; many: boolean }) => (
  <>
    <p>{many ? 'Each does so only while:' : 'It does so only while:'}</p>
    <ul class="holding">
      {conditions.map(({ text, now, holds }) => (
        <li key={text} data-holds={holds === null ? undefined : String(holds)}>
          {text}
          {now !== null && <span class="now">{now}</span>}
        </li>
      ))}
    </ul>
  </>
)

/** What has to be typed before many devices are asked for something dangerous. */
const wordOf = (to: CommandTo): string | null =>
  'group' in to ? to.group : to.devices.length > 1 ? String(to.devices.length) : null

const Word = ({ word, onTyped }: { word: string; onTyped: (typed: string) => void }) => {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>
        Type <b>{word}</b> to go on
      </label>
      <input
        id={id}
        type="text"
        autocomplete="off"
        spellcheck={false}
        onInput={(e) => onTyped(e.currentTarget.value)}
      />
    </div>
  )
}

/**
 * What a dangerous command will do, to whom and under which conditions, before it is sent. Nothing here is a form:
 * Enter sends nothing but on the button itself, and the second press of a double click does not count.
 */
export const SecondLook = ({ kind, to, asked, onBack, onConfirm }: Props) => {
  const { selection, link, now } = useFloor()
  const title = useRef<HTMLHeadingElement>(null)
  const typed = useSignal('')
  useEffect(() => title.current?.focus(), [])
  void link.silentFor.value
  const [only] = 'devices' in to && to.devices.length === 1 ? to.devices : []
  const device = selection.selected.value
  const condition = bothOf(kind.if, asked.if)
  const conditions =
    only !== undefined && device?.id === only
      ? conditionsOf(condition, device.last, link.clock.serverTime(now()))
      : conditionsForMany(condition)
  const word = wordOf(to)
  const ready = word === null || typed.value.trim() === word
  const act = `${kind.title}: ${toInWords(to)}`
  const args = argsInWords(kind, asked.args)
  return (
    <section class="second-look" aria-label="Look once more">
      <h4 ref={title} tabIndex={-1}>
        {act}?
      </h4>
      {args !== '' && <p>{args}</p>}
      <Whom to={to} />
      {conditions.length > 0 && <Conditions conditions={conditions} many={only === undefined} />}
      {conditions.some(({ holds }) => holds === false) && <p class="warn">As things stand now, it would be refused.</p>}
      <p class="soft">
        It is sent at once. What does not reach {only ?? 'a device'} within {formatAge(asked.within * 1000)} is not done
        later.
      </p>
      {word !== null && (
        <Word
          word={word}
          onTyped={(text) => {
            typed.value = text
          }}
        />
      )}
      <div class="sheet-actions">
        <button type="button" class="button" onClick={onBack}>
          Back
        </button>
        <button
          type="button"
          class="button danger"
          data-confirm=""
          disabled={!ready}
          onClick={({ detail }) => {
            if (detail < 2) onConfirm()
          }}
        >
          {act}
        </button>
      </div>
    </section>
  )
}
