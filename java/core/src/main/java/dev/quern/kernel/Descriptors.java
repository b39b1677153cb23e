package dev.quern.kernel;

import dev.quern.bindings.AdamDescriptor;
import dev.quern.bindings.BatchNorm2dDescriptor;
import dev.quern.bindings.Conv2dDescriptor;
import dev.quern.bindings.CrossEntropyDescriptor;
import dev.quern.bindings.DropoutDescriptor;
import dev.quern.bindings.GroupNormDescriptor;
import dev.quern.bindings.LayerNormDescriptor;
import dev.quern.bindings.LinearDescriptor;
import dev.quern.bindings.MuonDescriptor;
import dev.quern.bindings.Pool2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.bindings.RmsPropDescriptor;
import dev.quern.bindings.SgdDescriptor;
import dev.quern.engine.Precision;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Size;
import dev.quern.loss.CrossEntropy;
import dev.quern.optim.Adam;
import dev.quern.optim.AdamW;
import dev.quern.optim.Muon;
import dev.quern.optim.RmsProp;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/**
 * Layers as the C descriptors of {@code quern.h}, written into memory of {@link #BYTES} bytes that
 * the caller owns.
 */
public final class Descriptors {
  /** Enough for any descriptor. */
  public static final int BYTES = 256;

  private Descriptors() {}

  /**
   * @param input one sample's shape, {@code [C, H, W]}
   * @param training whether there are backward passes
   */
  public static Conv2dDescriptor conv2d(
      Pointer at, Conv2d layer, long batch, Shape input, Precision precision, boolean training) {
    return new Conv2dDescriptor(at)
        .batch(batch)
        .in_channels(input.dim(0))
        .in_height(input.dim(1))
        .in_width(input.dim(2))
        .out_channels(layer.outChannels())
        .kernel_height(layer.kernel().height())
        .kernel_width(layer.kernel().width())
        .stride_height(layer.stride().height())
        .stride_width(layer.stride().width())
        .padding_height(layer.padding().height())
        .padding_width(layer.padding().width())
        .dilation_height(layer.dilation().height())
        .dilation_width(layer.dilation().width())
        .groups(layer.groups())
        .src_pitch(input.dim(0))
        .dst_pitch(layer.outChannels())
        .implementation(Conv2dImplementations.forced())
        .strict(precision == Precision.STRICT ? 1 : 0)
        .inference(training ? 0 : 1)
        .src_type(Quern.QUERN_F32)
        .weights_type(Quern.QUERN_F32)
        .dst_type(Quern.QUERN_F32)
        .src_order(Quern.QUERN_NHWC)
        .dst_order(Quern.QUERN_NHWC);
  }

  /** Has the source lie in planes, as callers' images do. */
  public static Conv2dDescriptor planes(Conv2dDescriptor d) {
    return d.src_order(Quern.QUERN_NCHW).src_pitch(1);
  }

  /**
   * The convolution that a transposed one mirrors: from its output to its input.
   *
   * @param channels of the input
   * @param out one sample's output shape, {@code [C, H, W]}
   */
  static Conv2dDescriptor mirror(
      Pointer at,
      ConvTranspose2d layer,
      long batch,
      long channels,
      Shape out,
      Precision precision) {
    return new Conv2dDescriptor(at)
        .batch(batch)
        .in_channels(out.dim(0))
        .in_height(out.dim(1))
        .in_width(out.dim(2))
        .out_channels(channels)
        .kernel_height(layer.kernel().height())
        .kernel_width(layer.kernel().width())
        .stride_height(layer.stride().height())
        .stride_width(layer.stride().width())
        .padding_height(layer.padding().height())
        .padding_width(layer.padding().width())
        .dilation_height(layer.dilation().height())
        .dilation_width(layer.dilation().width())
        .groups(layer.groups())
        .src_pitch(out.dim(0))
        .dst_pitch(channels)
        .implementation(Conv2dImplementations.forced())
        .strict(precision == Precision.STRICT ? 1 : 0)
        .inference(0)
        .src_type(Quern.QUERN_F32)
        .weights_type(Quern.QUERN_F32)
        .dst_type(Quern.QUERN_F32)
        .src_order(Quern.QUERN_NHWC)
        .dst_order(Quern.QUERN_NHWC);
  }

  public static Pool2dDescriptor maxPool2d(Pointer at, MaxPool2d layer, long batch, Shape input) {
    return pool(at, batch, input, layer.kernel(), layer.stride(), layer.padding())
        .dilation_height(layer.dilation().height())
        .dilation_width(layer.dilation().width())
        .ceil_mode(layer.ceilMode() ? 1 : 0)
        .count_include_pad(0);
  }

  /** The key is still to be set. */
  public static DropoutDescriptor dropout(
      Pointer at, double p, boolean wholeChannels, long batch, long channels, long pixels) {
    return new DropoutDescriptor(at)
        .batch(batch)
        .channels(channels)
        .pixels(pixels)
        .whole_channels(wholeChannels ? 1 : 0)
        .p(p)
        .type(Quern.QUERN_F32);
  }

  public static Pool2dDescriptor avgPool2d(Pointer at, AvgPool2d layer, long batch, Shape input) {
    return pool(at, batch, input, layer.kernel(), layer.stride(), layer.padding())
        .dilation_height(1)
        .dilation_width(1)
        .ceil_mode(layer.ceilMode() ? 1 : 0)
        .count_include_pad(layer.countIncludePad() ? 1 : 0);
  }

  private static Pool2dDescriptor pool(
      Pointer at, long batch, Shape input, Size kernel, Size stride, Size padding) {
    return new Pool2dDescriptor(at)
        .batch(batch)
        .channels(input.dim(0))
        .in_height(input.dim(1))
        .in_width(input.dim(2))
        .kernel_height(kernel.height())
        .kernel_width(kernel.width())
        .stride_height(stride.height())
        .stride_width(stride.width())
        .padding_height(padding.height())
        .padding_width(padding.width())
        .src_pitch(input.dim(0))
        .dst_pitch(input.dim(0))
        .src_type(Quern.QUERN_F32)
        .dst_type(Quern.QUERN_F32)
        .src_order(Quern.QUERN_NHWC)
        .dst_order(Quern.QUERN_NHWC);
  }

  /**
   * @param pixels H * W where the input is the channels-last memory of a flattened image, else 1
   * @param backward whether there will be backward passes, else weights are packed for forward
   */
  public static LinearDescriptor linear(
      Pointer at, long batch, long in, long out, long pixels, boolean backward) {
    return new LinearDescriptor(at)
        .batch(batch)
        .in_features(in)
        .out_features(out)
        .pixels(pixels)
        .inference(backward ? 0 : 1)
        .src_type(Quern.QUERN_F32)
        .weights_type(Quern.QUERN_F32)
        .dst_type(Quern.QUERN_F32);
  }

  public static CrossEntropyDescriptor crossEntropy(
      Pointer at, CrossEntropy loss, long batch, long classes) {
    return new CrossEntropyDescriptor(at)
        .batch(batch)
        .classes(classes)
        .label_smoothing(loss.labelSmoothing())
        .sum(loss.reduction() == CrossEntropy.Reduction.SUM ? 1 : 0);
  }

  /**
   * @param input one sample's shape, {@code [C, H, W]}
   */
  public static BatchNorm2dDescriptor batchNorm2d(
      Pointer at, BatchNorm2d layer, long batch, Shape input, boolean training) {
    return new BatchNorm2dDescriptor(at)
        .rows(batch * input.dim(1) * input.dim(2))
        .channels(input.dim(0))
        .momentum(layer.momentum())
        .eps(layer.eps())
        .training(training ? 1 : 0)
        .relu(0)
        .type(Quern.QUERN_F32);
  }

  /**
   * @param input one sample's shape, {@code [C, H, W]} or {@code [C]}
   */
  public static GroupNormDescriptor groupNorm(
      Pointer at, GroupNorm layer, long batch, Shape input) {
    return new GroupNormDescriptor(at)
        .batch(batch)
        .pixels(input.elements() / input.dim(0))
        .channels(input.dim(0))
        .groups(layer.numGroups())
        .eps(layer.eps())
        .type(Quern.QUERN_F32);
  }

  public static LayerNormDescriptor layerNorm(Pointer at, LayerNorm layer, long rows) {
    return new LayerNormDescriptor(at)
        .rows(rows)
        .length(layer.normalizedShape().elements())
        .eps(layer.eps())
        .type(Quern.QUERN_F32);
  }

  /**
   * @param factor what the schedule multiplies the learning rate by
   */
  public static SgdDescriptor sgd(SgdDescriptor to, Sgd sgd, double factor, boolean firstStep) {
    return to.lr((float) (sgd.lr() * factor))
        .momentum(sgd.momentum())
        .weight_decay(sgd.weightDecay())
        .nesterov(sgd.nesterov() ? 1 : 0)
        .first_step(firstStep ? 1 : 0);
  }

  /**
   * @param step 1 for the first
   */
  public static AdamDescriptor adam(AdamDescriptor to, Adam adam, double factor, long step) {
    return moments(to, adam.beta1(), adam.beta2(), step)
        .lr(adam.lr() * factor)
        .eps(adam.eps())
        .weight_decay(adam.weightDecay())
        .decoupled(0);
  }

  /**
   * @param step 1 for the first
   */
  public static AdamDescriptor adamW(AdamDescriptor to, AdamW w, double factor, long step) {
    return moments(to, w.beta1(), w.beta2(), step)
        .lr(w.lr() * factor)
        .eps(w.eps())
        .weight_decay(w.weightDecay())
        .decoupled(1);
  }

  private static AdamDescriptor moments(AdamDescriptor to, double beta1, double beta2, long step) {
    return to.beta1(beta1)
        .beta2(beta2)
        .bias_correction1(1 - StrictMath.pow(beta1, step))
        .bias_correction2(1 - StrictMath.pow(beta2, step));
  }

  public static RmsPropDescriptor rmsProp(RmsPropDescriptor to, RmsProp rmsProp, double factor) {
    return to.lr(rmsProp.lr() * factor)
        .alpha(rmsProp.alpha())
        .eps(rmsProp.eps())
        .weight_decay(rmsProp.weightDecay())
        .momentum(rmsProp.momentum())
        .centered(rmsProp.centered() ? 1 : 0);
  }

  /**
   * @param weight of rank 2 or more: a matrix of its first dimension by all others
   */
  public static MuonDescriptor muon(MuonDescriptor to, Muon muon, double factor, Shape weight) {
    return to.rows(weight.dim(0))
        .columns(weight.elements() / weight.dim(0))
        .lr(muon.lr() * factor)
        .weight_decay(muon.weightDecay())
        .momentum(muon.momentum())
        .ns_a(muon.nsCoefficients().a())
        .ns_b(muon.nsCoefficients().b())
        .ns_c(muon.nsCoefficients().c())
        .eps(muon.eps())
        .nesterov(muon.nesterov() ? 1 : 0)
        .ns_steps(muon.nsSteps());
  }
}
