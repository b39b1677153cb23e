package dev.quern.plan.memory;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Where one layer's weights lie; null where the layer has no such tensor. */
public final class LayerWeights {
  /** Of layers without parameters. */
  public static final LayerWeights NONE = new LayerWeights();

  public FloatPointer weight;
  public FloatPointer bias;
  public FloatPointer weightGrad;
  public FloatPointer biasGrad;

  /** Of a quantized layer: its scales, and its weight where that is kept in whole numbers. */
  public FloatPointer weightScale;

  public Pointer whole;

  /** Whether each of those takes two bytes. */
  public boolean wide;

  public FloatPointer runningMean;
  public FloatPointer runningVar;

  /** What kernels read: opaque bytes, or the weight itself where nothing needs packing. */
  public Pointer packed;

  /** What layer_norm reads, in the memory order of its input. */
  public FloatPointer orderedWeight;

  public FloatPointer orderedBias;

  /**
   * What a convolution's weights are packed for, so that every plan must use it; -1: the list's
   * first.
   */
  public long implementation = -1;

  /** Follows memory that is now elsewhere. */
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
