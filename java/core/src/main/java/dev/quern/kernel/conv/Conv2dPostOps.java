package dev.quern.kernel.conv;

import dev.quern.bindings.PostOpsDescriptor;
import dev.quern.kernel.DescriptorMemory;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * What a convolution's forward pass makes of each sum before it stores it: {@code min(max(sum *
 * scale + shift + add, low), high)}. At first it changes nothing.
 */
public final class Conv2dPostOps {
  final PostOpsDescriptor descriptor;

  /**
   * @param at memory of the descriptor, see {@link DescriptorMemory}; zeros
   */
  public Conv2dPostOps(Pointer at) {
    descriptor =
        new PostOpsDescriptor(at).low(Float.NEGATIVE_INFINITY).high(Float.POSITIVE_INFINITY);
  }

  /** One of each a channel. */
  public void scale(FloatPointer scale, FloatPointer shift) {
    descriptor.scale(scale).shift(shift);
  }

  /** Values laid out as the output, in other memory. */
  public void add(Pointer values) {
    descriptor.add(values);
  }

  /**
   * Has bytes of an output and of what is added stand for numbers.
   *
   * @param zero which byte of the output stands for 0
   * @param addZero which one of what is added
   * @param addScale from one such byte to the next, in steps of the output
   */
  public void bytes(int zero, int addZero, float addScale) {
    descriptor.dst_zero(zero).add_zero(addZero).add_scale(addScale);
  }

  public void low(float bound) {
    descriptor.low(bound);
  }

  public void high(float bound) {
    descriptor.high(bound);
  }

  /**
   * Has the pass leave each channel's sum, then that of squares.
   *
   * @param pieces memory of {@link Conv2dKernel#pieceSums} doubles
   */
  public void sums(DoublePointer sums, DoublePointer pieces) {
    descriptor.sums(sums).pieces(pieces);
  }
}
