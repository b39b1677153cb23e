package dev.quern.tests;

import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Matmul;
import dev.quern.layer.math.Mean;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.stream.Stream;

/**
 * Networks with attention of one sequence, of two, with masks and biases, in any memory order. Keys
 * have no bias, since its gradient is 0: it moves all scores of a query alike.
 */
final class AttentionNetworks {
  private AttentionNetworks() {}

  static Stream<Network> all() {
    return Stream.of(block(), cross(), masked(), windows(), shifted(), withoutProjections(), end());
  }

  /** A block of a vision transformer on the patches of an image. */
  private static Network block() {
    return Network.builder("transformer-block", Shape.of(3, 6, 6))
        .add("patches", new Conv2d(8, 2).stride(2))
        .add("columns", new Reshape(8, 9))
        .add("tokens", new Permute(1, 0))
        .add("norm", new LayerNorm(8))
        .add("query", new Linear(8))
        .add("key", new Linear(8, false), "norm")
        .add("value", new Linear(12), "norm")
        .add("attention", new ScaledDotProductAttention(2).biasHeads(2), "query", "key", "value")
        .add("mixed", new Linear(8))
        .add("sum", new Add(), "mixed", "tokens")
        .add("wide", new Linear(16))
        .add("gelu", new Gelu())
        .add("narrow", new Linear(8))
        .add("both", new Add(), "narrow", "sum")
        .add("pooled", new Mean(0))
        .add("head", new Linear(3))
        .build();
  }

  /** Queries of one size that look at keys of another. */
  private static Network cross() {
    return Network.builder("cross-attention", Shape.of(2, 4, 5))
        .add("conv", new Conv2d(6, 1))
        .add("memory", new Reshape(20, 6))
        .add("shared", new Linear(6, false), "memory")
        .add("value", new Linear(3), "memory")
        .add("small", new Conv2d(6, 2).stride(2), "input")
        .add("query", new Reshape(4, 6))
        .add(
            "attention",
            new ScaledDotProductAttention(3).scale(-0.7f).causal(true).biasHeads(1),
            "query",
            "shared",
            "value")
        .add("flat", new Flatten())
        .add("head", new Linear(3))
        .build();
  }

  /** Masks that the network computes: for all heads, and one a head. */
  private static Network masked() {
    return Network.builder("masked-attention", Shape.of(4, 3, 3))
        .add("conv", new Conv2d(4, 1))
        .add("tokens", new Reshape(9, 4))
        .add("turned", new Permute(1, 0))
        .add("similarity", new Matmul(), "tokens", "turned")
        .add("one", new ScaledDotProductAttention(2), "tokens", "tokens", "tokens", "similarity")
        .add("masks", new Linear(18), "one")
        .add("by_head", new Reshape(2, 9, 9))
        .add("key", new Linear(4, false), "one")
        .add(
            "two", new ScaledDotProductAttention(2).causal(true), "one", "key", "tokens", "by_head")
        .add("flat", new Flatten())
        .add("head", new Linear(3))
        .build();
  }

  /** Windows of two rows, with a bias for each. */
  private static Network windows() {
    ScaledDotProductAttention attention = new ScaledDotProductAttention(2).windows(3);
    return Network.builder("attention-in-windows", Shape.of(4, 6, 2))
        .add("conv", new Conv2d(4, 1))
        .add("tokens", new Reshape(12, 4))
        .add("query", new Linear(4))
        .add("key", new Linear(4, false), "tokens")
        .add("value", new Linear(6), "tokens")
        .add("one", attention.biasHeads(6), "query", "key", "value")
        .add("mixed", new Linear(4))
        .add("two", attention.biasHeads(2).causal(true), "mixed", "key", "value")
        .add("flat", new Flatten())
        .add("head", new Linear(3))
        .build();
  }

  /** Windows with a trained bias by relative position, and a mask that hides keys of some. */
  private static Network shifted() {
    float[] hidden = new float[3 * 4 * 4];
    for (int i = 16; i < 32; i += 3) {
      hidden[i] = -100;
    }
    return Network.builder("masked-windows", Shape.of(4, 6, 2))
        .add("conv", new Conv2d(4, 1))
        .add("tokens", new Reshape(12, 4))
        .add("query", new Linear(4))
        .add("table", new TrainableTensor(5, 2).random(true))
        .add("by_position", new Gather(0, 0, 1, 2, 3, 4, 3, 2, 1, 1, 1, 2, 4, 0, 0, 3, 2))
        .add("by_head", new Permute(1, 0))
        .add("biases", new Reshape(1, 2, 4, 4))
        .add("hidden", new Constant(Shape.of(3, 1, 4, 4), hidden))
        .add("sum", new Add(), "biases", "hidden")
        .add("mask", new Reshape(6, 4, 4))
        .add(
            "attention",
            new ScaledDotProductAttention(2).windows(3),
            "query",
            "query",
            "tokens",
            "mask")
        .add("flat", new Flatten())
        .add("head", new Linear(3))
        .build();
  }

  /** One value thrice, in the memory order of images, and no gradient before the first weight. */
  private static Network withoutProjections() {
    return Network.builder("attention-without-projections", Shape.of(6, 4))
        .add("first", new ScaledDotProductAttention(2), "input", "input", "input")
        .add("image", new Reshape(6, 2, 2))
        .add("conv", new Conv2d(6, 1))
        .add("rows", new Reshape(6, 4))
        .add("second", new ScaledDotProductAttention(4), "rows", "rows", "rows")
        .add("flat", new Flatten())
        .add("head", new Linear(3))
        .build();
  }

  private static Network end() {
    return Network.builder("ends-in-attention", Shape.of(3, 4))
        .add("query", new Linear(4))
        .add("key", new Linear(4, false), "input")
        .add("value", new Linear(2), "input")
        .add("attention", new ScaledDotProductAttention(1).biasHeads(1), "query", "key", "value")
        .add("flat", new Flatten())
        .build();
  }
}
