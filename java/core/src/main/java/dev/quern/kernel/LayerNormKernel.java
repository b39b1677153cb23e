package dev.quern.kernel;

import dev.quern.bindings.LayerNormDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Layer normalization, or root mean square layer normalization, of each row of a matrix. */
public final class LayerNormKernel {
  private final LayerNormDescriptor descriptor;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param length the number of elements per row
   * @param rms whether no mean is subtracted
   */
  public LayerNormKernel(Pointer at, long rows, long length, float eps, boolean rms) {
    descriptor =
        new LayerNormDescriptor(at)
            .rows(rows)
            .length(length)
            .eps(eps)
            .rms(rms ? 1 : 0)
            .type(Quern.QUERN_F32);
  }

  /** Sets the number of rows of the next passes. */
  public void rows(long n) {
    descriptor.rows(n);
  }

  /**
   * Runs the forward pass.
   *
   * @param saved receives the statistics for the backward pass: 2 doubles per row
   */
  public void forward(
      Pointer src,
      FloatPointer weightOrNull,
      FloatPointer biasOrNull,
      Pointer dst,
      DoublePointer saved) {
    Status.check(
        Quern.quern_layer_norm_forward(descriptor, src, weightOrNull, biasOrNull, dst, saved));
  }

  public void backward(
      Pointer src,
      Pointer diffDst,
      FloatPointer weightOrNull,
      DoublePointer saved,
      Pointer diffSrcOrNull,
      FloatPointer diffWeightOrNull,
      FloatPointer diffBiasOrNull) {
    Status.check(
        Quern.quern_layer_norm_backward(
            descriptor,
            src,
            diffDst,
            weightOrNull,
            saved,
            diffSrcOrNull,
            diffWeightOrNull,
            diffBiasOrNull));
  }
}
