package dev.quern.layer.shape;

import dev.quern.internal.arguments.Require;
import dev.quern.kernel.Rearrangement;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Permutation of a sample's axes: axis i of the output is axis {@code dims[i]} of the input. The
 * batch is not counted: {@code new Permute(1, 2, 0)} maps an image to {@code [H, W, C]}.
 *
 * @param dims a permutation of the axis numbers 0, 1, ...
 */
public record Permute(List<Integer> dims) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Permute> TYPE =
      LayerType.of("permute", Permute.class)
          .integers("dims", Permute::dims)
          .made(v -> new Permute(v.integers("dims")));

  public Permute {
    dims = Require.all("permute", "dims", dims);
    Rearrangement.requireOrder("permute", dims);
  }

  public Permute(int... dims) {
    this(Arrays.stream(Require.present("permute", "dims", dims)).boxed().toList());
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return rearrangement(Checks.any("permute", input)).out();
  }

  private Rearrangement rearrangement(Shape input) {
    return Rearrangement.permute(input, dims);
  }
}
