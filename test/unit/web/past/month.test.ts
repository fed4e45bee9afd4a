import fc from 'fast-check'
import { expect, test } from 'vitest'
import { daysLater, monthsLater, startOfDay, startOfWeek, timeOn, weeksOf } from '../../../../web/state/past/month.ts'

const day = (year: number, month: number, date: number): number => new Date(year, month - 1, date).getTime()

test('the weeks of a month begin on Monday, hold each of its days once, and follow each other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1970, max: 2100 }), fc.integer({ min: 1, max: 12 }), (year, month) => {
      const days = weeksOf(day(year, month, 15)).flat()
      expect(days.length % 7).toBe(0)
      expect(days.every((at, i) => new Date(at).getDay() === (i + 1) % 7)).toBe(true)
      expect(days.every((at, i) => i === 0 || at === daysLater(days[i - 1] ?? 0, 1))).toBe(true)
      const own = days.filter((at) => new Date(at).getMonth() === month - 1).map((at) => new Date(at).getDate())
      expect(own).toEqual(Array.from({ length: new Date(year, month, 0).getDate() }, (_, i) => i + 1))
      expect(days.length - own.length).toBeLessThan(13)
    }),
  )
})

test('a month later is the same day, or the last one of a month that is shorter', () => {
  expect(monthsLater(day(2026, 1, 31), 1)).toBe(day(2026, 2, 28))
  expect(monthsLater(day(2026, 12, 15), 1)).toBe(day(2027, 1, 15))
  expect(monthsLater(day(2026, 3, 31), -13)).toBe(day(2025, 2, 28))
  expect(startOfWeek(day(2026, 11, 29))).toBe(day(2026, 11, 23))
  expect(startOfDay(new Date(2026, 10, 29, 23, 59).getTime())).toBe(day(2026, 11, 29))
})

test('a time is read as people type it, and nothing else is', () => {
  const of = day(2026, 11, 30)
  expect(timeOn(of, '08:15')).toBe(new Date(2026, 10, 30, 8, 15).getTime())
  expect(timeOn(of, ' 23:59:58 ')).toBe(new Date(2026, 10, 30, 23, 59, 58).getTime())
  for (const text of ['', '8:15', '24:00', '12:60', '12:00:61', '12', 'noon']) expect(timeOn(of, text)).toBeNull()
})
