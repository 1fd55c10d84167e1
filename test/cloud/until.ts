/** Asks again and again until the answer passes, and answers it. Fails with the last answer after `seconds`. */
export async function until<T>(
  ask: () => Promise<T> | T,
  passes: (answer: T) => boolean,
  seconds = 30,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (passes(answer)) return answer;
    if (performance.now() > deadline)
      throw new Error(`not within ${seconds} s; last: ${JSON.stringify(answer)}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}
