package dev.quern.fuzz.files;

import dev.quern.error.InvalidArgumentException;
import dev.quern.io.Codecs;
import dev.quern.layer.CustomLayer;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Map;

/** A layer of the application's own that files may name. */
record Scaled(float factor, List<String> notes) implements CustomLayer {
  Scaled {
    if (!Float.isFinite(factor)) {
      throw new InvalidArgumentException("scaled: factor " + factor + " is not finite");
    }
  }

  static void register() {
    Codecs.layer(
        "fuzz.scaled",
        Scaled.class,
        s -> Map.of("factor", s.factor(), "notes", s.notes()),
        in -> new Scaled((float) in.number("factor", 1), in.texts("notes")));
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public void forward(Forward pass) {
    for (int i = 0; i < pass.input().length; i++) {
      pass.output()[i] = factor * pass.input()[i];
    }
  }

  @Override
  public void backward(Backward pass) {
    for (int i = 0; i < pass.input().length; i++) {
      pass.gradInput()[i] = factor * pass.gradOutput()[i];
    }
  }
}
