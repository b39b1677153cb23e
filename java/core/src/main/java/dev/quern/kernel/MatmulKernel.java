package dev.quern.kernel;

import dev.quern.bindings.MatmulDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/** Batched products of row-major matrices. */
public final class MatmulKernel {
  private final MatmulDescriptor descriptor;
  private final long each;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param input the sample shape of the first matrix, {@code [..., M, K]}
   * @param output the sample shape of the product, {@code [..., M, N]}
   */
  public MatmulKernel(Pointer at, long batch, Shape input, Shape output) {
    int last = input.rank() - 1;
    each = input.elements() / (input.dim(last - 1) * input.dim(last));
    descriptor =
        new MatmulDescriptor(at)
            .batch(batch * each)
            .rows(input.dim(last - 1))
            .inner(input.dim(last))
            .columns(output.dim(last))
            .type(Quern.QUERN_F32);
  }

  /** Sets the batch size of the next passes. */
  public void batch(long n) {
    descriptor.batch(n * each);
  }

  public void forward(Pointer src, Pointer other, Pointer dst) {
    Status.check(Quern.quern_matmul_forward(descriptor, src, other, dst));
  }

  public void backward(
      Pointer src, Pointer other, Pointer diffDst, Pointer diffSrcOrNull, Pointer diffOtherOrNull) {
    Status.check(
        Quern.quern_matmul_backward(
            descriptor, src, other, diffDst, diffSrcOrNull, diffOtherOrNull));
  }
}
