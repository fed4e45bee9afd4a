/** What is dragged onto a room is a chip, and text for all else that it may be dropped on. */
const CHIP = 'application/x-watchfloor-chip'

/** Begins to drag a symbol or a device, as its chip is written. */
export const dragChip = (event: DragEvent, chip: string): void => {
  event.dataTransfer?.setData(CHIP, chip)
  event.dataTransfer?.setData('text/plain', chip)
  if (event.dataTransfer) event.dataTransfer.effectAllowed = 'copy'
}

export const carriesChip = (event: DragEvent): boolean => event.dataTransfer?.types.includes(CHIP) === true

/** The chip that is dropped, or an empty text. */
export const droppedChip = (event: DragEvent): string => event.dataTransfer?.getData(CHIP) ?? ''
