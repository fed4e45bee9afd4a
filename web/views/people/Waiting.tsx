/** While the node has not said yet who this is. It shows itself only where that takes long. */
export const Waiting = () => (
  <main class="gate waiting" aria-busy="true">
    <p class="soft" role="status">
      Loading…
    </p>
  </main>
)
