package dev.quern.tests;

import dev.quern.optim.Optimizer;
import dev.quern.reference.NdArray;
import dev.quern.reference.optim.OptimizerReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Steps of an optimizer beside its twin's. */
final class OptimizerRun {
  /** Compares after each step. */
  interface Check {
    void agree(String what, Tensor actual, NdArray expected);
  }

  /** Around the widths of vectors and the pieces that threads get. */
  static final int[] LENGTHS =
      Suite.FULL
          ? new int[] {0, 1, 7, 8, 15, 16, 17, 33, 16384, 16385, 33000}
          : new int[] {0, 1, 7, 8, 15, 16, 17, 33, 16385};

  private OptimizerRun() {}

  /** The optimizer from zeros, weight and states compared after each step. */
  static void check(Optimizer o, String operator, Shape shape, int steps, Values v, Check check) {
    NdArray w = v.array(shape);
    List<NdArray> states = o.states().stream().map(name -> new NdArray(shape)).toList();
    Passes p = new Passes(o);
    try (Arena a = new Arena()) {
      Tensor tw = Values.tensor(a, w);
      List<Tensor> ts = new ArrayList<>(states.stream().map(s -> Values.tensor(a, s)).toList());
      for (int step = 1; step <= steps; step++) {
        NdArray g = v.array(shape);
        Tensor tg = Values.tensor(a, g);
        long t = step;
        p.run(operator, () -> o.step(tw, tg, ts, t));
        OptimizerReference.step(o, w, g, states, t);
        String what = " after step " + step + " of " + o + " on " + shape + ", " + v;
        check.agree("weight" + what, tw, w);
        for (int i = 0; i < ts.size(); i++) {
          check.agree(o.states().get(i) + what, ts.get(i), states.get(i));
        }
      }
    }
  }

  /** An elementwise one on every length, six steps each. */
  static void check(Optimizer o, String operator) {
    for (int n : LENGTHS) {
      Check close = (what, actual, expected) -> Compare.close(what, actual, expected, 1);
      check(o, operator, Shape.of(n), 6, Values.floats(n), close);
    }
  }
}
