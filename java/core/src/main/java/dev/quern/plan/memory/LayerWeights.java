package dev.quern.plan.memory;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Pointers to one layer's weights and gradients. Pointers to tensors that the layer does not have
 * are null.
 */
public final class LayerWeights {
  /** The weights of a layer without parameters: all pointers are null. */
  public static final LayerWeights NONE = new LayerWeights();

  public FloatPointer weight;
  public FloatPointer bias;
  public FloatPointer weightGrad;
  public FloatPointer biasGrad;

  /** The scales of a quantized layer's integer weight. */
  public FloatPointer weightScale;

  public Pointer whole;

  /** Whether an integer weight has two bytes per element instead of one. */
  public boolean wide;

  public FloatPointer runningMean;
  public FloatPointer runningVar;

  /**
   * The weight as kernels read it: packed in the kernel's layout, or the weight itself if packing
   * is not needed.
   */
  public Pointer packed;

  /** The weight of a layer normalization, in the memory order of its input. */
  public FloatPointer orderedWeight;

  public FloatPointer orderedBias;

  /**
   * The index of the implementation for which a convolution's weight is packed; every plan must use
   * this implementation. -1 for the default.
   */
  public long implementation = -1;

  /** Replaces memory by shared blocks. */
  public void move(SharedBlocks to) {
    weight = to.moved(weight);
    bias = to.moved(bias);
    weightScale = to.moved(weightScale);
    whole = to.moved(whole);
    runningMean = to.moved(runningMean);
    runningVar = to.moved(runningVar);
    packed = to.moved(packed);
    orderedWeight = to.moved(orderedWeight);
    orderedBias = to.moved(orderedBias);
  }
}
