package dev.quern.plan;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.AddKernel;
import dev.quern.kernel.ConcatKernel;
import dev.quern.kernel.optim.VectorKernel;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** Weighted sums of a plan's outputs over several forward passes. Not thread-safe. */
final class OutputSums implements AutoCloseable {
  private final List<OffHeap> sums = new ArrayList<>();

  /**
   * Adds an output's values, multiplied by the weight, to the output's sum. Overwrites {@code
   * values}.
   */
  void add(int output, boolean first, double weight, FloatPointer values, long n) {
    if (output == sums.size()) {
      sums.add(room(n));
    } else if (first && sums.get(output).bytes() < n * Float.BYTES) {
      // the preceding data set had fewer samples
      sums.set(output, room(n)).close();
    }
    FloatPointer sum = sums.get(output).floats(0);
    VectorKernel.scale(n, weight, values);
    if (first) {
      ConcatKernel.copy(n, values, sum);
    } else {
      AddKernel.forward(n, sum, values, sum);
    }
  }

  private static OffHeap room(long values) {
    return new OffHeap(values * Float.BYTES, "outputs of several views");
  }

  void put(int output, FloatPointer values, long n) {
    ConcatKernel.copy(n, sums.get(output).floats(0), values);
  }

  @Override
  public void close() {
    sums.forEach(OffHeap::close);
    sums.clear();
  }
}
