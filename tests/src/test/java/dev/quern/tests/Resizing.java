package dev.quern.tests;

import dev.quern.eager.Eager;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.reference.layer.AdaptiveAvgPool2dReference;
import dev.quern.reference.layer.shape.CircularPad2dReference;
import dev.quern.reference.layer.shape.ReflectionPad2dReference;
import dev.quern.reference.layer.shape.ReplicationPad2dReference;
import dev.quern.reference.layer.shape.UpsampleBilinear2dReference;
import dev.quern.reference.layer.shape.UpsampleNearest2dReference;
import dev.quern.reference.layer.shape.ZeroPad2dReference;

/** Layers that change height and width and nothing else. */
final class Resizing {
  private Resizing() {}

  static Twinned of(AdaptiveAvgPool2d l) {
    return Twinned.of(
        l,
        l.type(),
        Eager.of(l)::forward,
        Eager.of(l)::backward,
        AdaptiveAvgPool2dReference::forward,
        AdaptiveAvgPool2dReference::backward,
        Resizing::typical);
  }

  static Twinned of(ZeroPad2d l) {
    return Twinned.of(
        l,
        l.type(),
        Eager.of(l)::forward,
        Eager.of(l)::backward,
        ZeroPad2dReference::forward,
        ZeroPad2dReference::backward,
        Resizing::typical);
  }

  static Twinned of(ReflectionPad2d l) {
    return Twinned.of(
        l,
        l.type(),
        Eager.of(l)::forward,
        Eager.of(l)::backward,
        ReflectionPad2dReference::forward,
        ReflectionPad2dReference::backward,
        Resizing::typical);
  }

  static Twinned of(ReplicationPad2d l) {
    return Twinned.of(
        l,
        l.type(),
        Eager.of(l)::forward,
        Eager.of(l)::backward,
        ReplicationPad2dReference::forward,
        ReplicationPad2dReference::backward,
        Resizing::typical);
  }

  static Twinned of(CircularPad2d l) {
    return Twinned.of(
        l,
        l.type(),
        Eager.of(l)::forward,
        Eager.of(l)::backward,
        CircularPad2dReference::forward,
        CircularPad2dReference::backward,
        Resizing::typical);
  }

  static Twinned of(UpsampleBilinear2d l) {
    return Twinned.of(
            l,
            l.type(),
            Eager.of(l)::forward,
            Eager.of(l)::backward,
            UpsampleBilinear2dReference::forward,
            UpsampleBilinear2dReference::backward,
            Resizing::typical)
        .withOptions();
  }

  static Twinned of(UpsampleNearest2d l) {
    return Twinned.of(
        l,
        l.type(),
        Eager.of(l)::forward,
        Eager.of(l)::backward,
        UpsampleNearest2dReference::forward,
        UpsampleNearest2dReference::backward,
        Resizing::typical);
  }

  /** A mean of few values may cancel; nothing else here is below the magnitude of its terms. */
  private static double typical(int inputs, int outputs) {
    return Math.min(0.5, 0.5 * outputs / inputs);
  }
}
