/**
 * Lets everything run that can: with fakes nothing waits for time or for the system, so that after
 * some turns of the event loop whatever has not happened will not.
 */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

/** Whether a promise is settled once everything has run that can. */
export async function settled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = () => settled = true;
  promise.then(settle, settle);
  await turns();
  return settled;
}
