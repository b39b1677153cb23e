package dev.quern.plan;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Where one layer's weights lie; null where the layer has no such tensor. */
final class LayerWeights {
  /** Of layers without parameters. */
  static final LayerWeights NONE = new LayerWeights();

  FloatPointer weight;
  FloatPointer bias;
  FloatPointer weightGrad;
  FloatPointer biasGrad;

  /** Of a quantized layer: its scales, and its weight where that is kept in whole numbers. */
  FloatPointer weightScale;

  Pointer whole;

  /** Whether each of those takes two bytes. */
  boolean wide;

  FloatPointer runningMean;
  FloatPointer runningVar;

  /** What kernels read: opaque bytes, or the weight itself where nothing needs packing. */
  Pointer packed;

  /** What layer_norm reads, in the memory order of its input. */
  FloatPointer orderedWeight;

  FloatPointer orderedBias;

  /**
   * What a convolution's weights are packed for, so that every plan must use it; -1: the list's
   * first.
   */
  long implementation = -1;

  /** Follows memory that is now elsewhere. */
  void move(SharedBlocks to) {
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
