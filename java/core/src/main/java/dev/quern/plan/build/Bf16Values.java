package dev.quern.plan.build;

import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.layer.Layer;
import dev.quern.layer.Layer1d;
import dev.quern.layer.volume.Layer3d;
import dev.quern.network.Network;
import dev.quern.plan.memory.ElementType;
import dev.quern.tensor.Shape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Determines which values of an inference plan with products in bf16 are stored in bf16: outputs of
 * operations that can write it, which only operations that can read it read. Convolutions round
 * their inputs anyway, and memory is read in half the time.
 */
final class Bf16Values {
  private final Map<String, Bf16Use> uses = new HashMap<>();
  private final Set<String> stored = new HashSet<>();

  Bf16Values(Builder b, Network network, List<Chain> chains) {
    if (b.training || b.packedForTraining() || b.products != Conv2dPrecision.BF16) {
      return;
    }
    Set<String> floats = new HashSet<>(network.outputs());
    for (Chain chain : chains) {
      uses.put(chain.name(), use(b, network, chain));
      if (!reads(chain)) {
        floats.addAll(chain.inputs());
      }
    }
    for (Chain chain : chains) {
      Bf16Use use = uses.get(chain.name());
      boolean writes =
          use == Bf16Use.ANY || use == Bf16Use.FOLLOWS && stored.contains(chain.inputs().get(0));
      if (writes && !floats.contains(chain.name())) {
        stored.add(chain.name());
      }
    }
  }

  /** Returns the type of a chain's output, if it is not an int8 type: float32 or bf16. */
  ElementType of(Chain chain) {
    return stored.contains(chain.name()) ? ElementType.BF16 : ElementType.F32;
  }

  /** Returns whether a chain's operation reads values in bf16. */
  boolean reads(Chain chain) {
    return uses.getOrDefault(chain.name(), Bf16Use.NONE) != Bf16Use.NONE;
  }

  private static Bf16Use use(Builder b, Network network, Chain chain) {
    Layer first = chain.nodes().get(0).layer();
    if (chain.inputs().isEmpty() || first instanceof Layer1d || first instanceof Layer3d) {
      return Bf16Use.NONE;
    }
    String input = chain.inputs().get(0);
    Shape outer = network.inputs().get(input);
    return use(b, chain, chain.head(), outer == null ? network.shapes().get(input) : outer);
  }

  private static <L extends Layer> Bf16Use use(Builder b, Chain chain, L head, Shape in) {
    return LayerPlans.of(head).bf16(b, chain, head, in);
  }
}
