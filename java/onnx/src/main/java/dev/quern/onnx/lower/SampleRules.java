package dev.quern.onnx.lower;

import dev.quern.layer.shape.GridSample;
import dev.quern.onnx.fold.GridSampleFolds;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Value;
import java.util.Map;

/** The rule for GridSample, which samples images at the points of a grid. */
final class SampleRules {
  private static final int RANK = 4;

  private SampleRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("GridSample", SampleRules::gridSample);
  }

  private static void gridSample(Site s) {
    GridSample layer = GridSampleFolds.layer(s.attributes());
    Value image = value(s, 0);
    Value grid = value(s, 1);
    if (image.rank() != RANK || grid.rank() != RANK) {
      throw new Refusal("its image or grid does not have four axes");
    }
    String x = s.samples(image).node();
    String points = s.samples(grid).node();
    s.out(0, s.like(image, s.layer(layer, x, points)));
  }

  private static Value value(Site s, int i) {
    return s.operand(i) instanceof Const c && c.rank() == RANK ? s.each(c, RANK) : s.value(i);
  }
}
