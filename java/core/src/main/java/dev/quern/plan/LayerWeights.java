package dev.quern.plan;

import org.bytedeco.javacpp.FloatPointer;

/** Where one layer's weights lie; null where the layer has no such tensor. */
final class LayerWeights {
  /** Of layers without parameters. */
  static final LayerWeights NONE = new LayerWeights();

  FloatPointer weight;
  FloatPointer bias;
  FloatPointer weightGrad;
  FloatPointer biasGrad;

  FloatPointer runningMean;
  FloatPointer runningVar;

  /** What kernels read; the weight itself where nothing needs packing. */
  FloatPointer packed;

  /** The bias that layer_norm reads. */
  FloatPointer packedBias;

  /**
   * What a convolution's weights are packed for, so that every plan must use it; -1: the list's
   * first.
   */
  long implementation = -1;
}
