package dev.quern.kernel;

import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Max pooling that records the position of each maximum. */
public interface MaximaKernel {
  /** Sets the batch size of the next passes. */
  void batch(long n);

  /**
   * Runs the forward pass.
   *
   * @param indicesOrNull receives the position of each maximum; null without a backward pass
   */
  void forward(Pointer src, Pointer dst, IntPointer indicesOrNull);

  void backward(Pointer diffDst, IntPointer indices, Pointer diffSrc);
}
