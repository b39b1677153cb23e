package dev.quern.reference.layer.math;

import dev.quern.layer.math.Matmul;
import dev.quern.reference.NdArray;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Reference implementation of {@link Matmul}: multiplies matrices {@code [N, ..., M, K]} by {@code
 * [N, ..., K, N']}.
 */
public final class MatmulReference {
  private MatmulReference() {}

  /** Receives one term {@code output[o] += a[i] * b[j]}. */
  private interface Term {
    void accept(int o, int i, int j);
  }

  public static NdArray forward(List<NdArray> inputs) {
    List<NdArray> own = Checks.inputs("matmul", inputs, 2);
    NdArray output = new NdArray(outputShape(own));
    NdArray a = own.get(0);
    NdArray b = own.get(1);
    forEachTerm(own, (o, i, j) -> output.add(o, a.get(i) * b.get(j)));
    return output;
  }

  /** Returns the gradients with respect to both inputs. */
  public static List<NdArray> backward(List<NdArray> inputs, NdArray gradOutput) {
    List<NdArray> own = Checks.inputs("matmul", inputs, 2);
    Checks.shape("matmul", "grad_output", gradOutput, outputShape(own));
    NdArray a = own.get(0);
    NdArray b = own.get(1);
    NdArray gradA = new NdArray(a.shape());
    NdArray gradB = new NdArray(b.shape());
    forEachTerm(
        own,
        (o, i, j) -> {
          gradA.add(i, gradOutput.get(o) * b.get(j));
          gradB.add(j, gradOutput.get(o) * a.get(i));
        });
    return List.of(gradA, gradB);
  }

  private static void forEachTerm(List<NdArray> inputs, Term term) {
    Shape a = inputs.get(0).shape();
    Shape b = inputs.get(1).shape();
    int last = a.rank() - 1;
    int rows = (int) a.dim(last - 1);
    int inner = (int) a.dim(last);
    int columns = (int) b.dim(last);
    int matrices = inputs.get(0).size() / (rows * inner);
    for (int m = 0; m < matrices; m++) {
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          for (int k = 0; k < inner; k++) {
            term.accept(
                (m * rows + r) * columns + c,
                (m * rows + r) * inner + k,
                (m * inner + k) * columns + c);
          }
        }
      }
    }
  }

  private static Shape outputShape(List<NdArray> inputs) {
    List<Shape> samples = inputs.stream().map(x -> x.shape().sample()).toList();
    return new Matmul().outputShape(samples).batch(inputs.get(0).dim(0));
  }
}
