import { goalTable } from './goals.ts'
import { type Report, renderTable } from './report.ts'

/** Several reports as one text for people, with what they say of the goals, and their figures and failures together. */
export const renderReports = (
  reports: readonly Report[],
): { text: string; figures: Report['figures']; failures: string[] } => {
  const figures: Report['figures'] = Object.assign({}, ...reports.map((report) => report.figures))
  const failures = reports.flatMap((report) => report.failures)
  const text = [
    ...[...reports.flatMap(({ tables }) => tables), ...goalTable(figures)].map(renderTable),
    ...reports.flatMap(({ notes }) => notes).map((note) => `- Note: ${note}.`),
    ...failures.map((failure) => `- FAILED: ${failure}.`),
  ].join('\n')
  return { text, figures, failures }
}
