package dev.quern.plan.memory;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The memory of one layer's weights; null for tensors that the layer does not have. */
public final class LayerWeights {
  /** Weights of layers without parameters. */
  public static final LayerWeights NONE = new LayerWeights();

  public FloatPointer weight;
  public FloatPointer bias;
  public FloatPointer weightGrad;
  public FloatPointer biasGrad;

  /** The scales of a quantized layer, and its weight if that is stored as integers. */
  public FloatPointer weightScale;

  public Pointer whole;

  /** Whether each integer weight takes two bytes. */
  public boolean wide;

  public FloatPointer runningMean;
  public FloatPointer runningVar;

  /** The data that kernels read: opaque bytes, or the weight itself if it needs no packing. */
  public Pointer packed;

  /** The weight of layer_norm in the memory order of its input. */
  public FloatPointer orderedWeight;

  public FloatPointer orderedBias;

  /**
   * The implementation for which a convolution's weights are packed and which every plan must use;
   * -1 for the list's first.
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
