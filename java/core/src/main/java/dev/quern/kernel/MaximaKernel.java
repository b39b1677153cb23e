package dev.quern.kernel;

import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** A pooling by maxima, which records the position of each maximum. */
public interface MaximaKernel {
  /** Sets the batch of the next passes. */
  void batch(long n);

  /**
   * Runs the forward pass.
   *
   * @param indicesOrNull receives the position of each maximum for the backward pass; null without
   *     one
   */
  void forward(Pointer src, Pointer dst, IntPointer indicesOrNull);

  void backward(Pointer diffDst, IntPointer indices, Pointer diffSrc);
}
