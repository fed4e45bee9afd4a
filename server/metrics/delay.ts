const AT = ',"at":'

/**
 * When Redis published an update, by its own clock (Unix ms); null where the text does not say. The update is not
 * parsed: the function library writes the time behind number and epoch, before anything that comes from outside.
 */
export const publishedAt = (text: string): number | null => {
  const start = text.indexOf(AT)
  const at = start < 0 ? Number.NaN : Number.parseFloat(text.slice(start + AT.length, start + AT.length + 20))
  return at > 0 ? at : null
}
