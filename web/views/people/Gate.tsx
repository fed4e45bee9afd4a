import type { ComponentChildren } from 'preact'

/** The page of whoever does not see the floor: what this is, and what they are told. */
export const Gate = ({ children, ...marks }: { children: ComponentChildren } & Record<`data-${string}`, string>) => (
  <main class="gate" {...marks}>
    <section class="card">
      <p class="brand">
        <img src="/mark.svg" alt="" />
        <span>Watchfloor</span>
      </p>
      {children}
    </section>
  </main>
)
