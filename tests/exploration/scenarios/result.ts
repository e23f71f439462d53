import { assertEquals } from "@std/assert";
import { Result, schedule, spawn, type Task } from "../../../mod.ts";
import { endAll, type Scenario } from "../scenario.ts";

export const scenarios: Scenario[] = [
  {
    name: "Result.setValue() reaches every waiter, early or late",
    async play(spawnVictim) {
      const result = new Result<number>();
      const got: number[] = [];
      const ask = async () => void got.push(await result.unwrap());
      const others: Task[] = [spawn(ask)];
      const victim = spawnVictim(ask);
      others.push(
        spawn(async () => {
          await schedule();
          result.setValue(42);
        }),
        spawn(async () => {
          for (let turn = 0; turn < 3; turn++) await schedule();
          await ask();
        }),
      );
      await endAll([...others, victim]);
      assertEquals(got, victim.exception === undefined ? [42, 42, 42] : [42, 42]);
      assertEquals(result.statistics(), { waiting: 0 });
    },
  },
  {
    name: "Result.setException() reaches every waiter",
    async play(spawnVictim) {
      const result = new Result<number>();
      const error = new Error("out of milk");
      let told = 0;
      const ask = () =>
        result.unwrap().catch((thrown) => {
          if (thrown !== error) throw thrown;
          told++;
        });
      const others: Task[] = [spawn(ask)];
      const victim = spawnVictim(ask);
      others.push(spawn(ask), spawn(() => result.setException(error)));
      await endAll([...others, victim]);
      assertEquals(told, victim.exception === undefined ? 3 : 2);
      assertEquals(result.statistics(), { waiting: 0 });
    },
  },
];
