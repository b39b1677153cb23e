package dev.quern.report.measure;

import dev.quern.profile.LayerTimes;
import dev.quern.report.data.LayerTimeData;
import dev.quern.report.data.StepTimeData;

/** Converts the profile of a training step to the record of a report. */
public final class StepTimes {
  private StepTimes() {}

  public static StepTimeData of(LayerTimes times) {
    return new StepTimeData(
        times.samples(),
        times.steps(),
        times.layers().stream()
            .map(
                r ->
                    new LayerTimeData(
                        r.layer(),
                        r.type(),
                        r.fused(),
                        r.forward().seconds(),
                        r.backward().seconds()))
            .toList(),
        times.lossSeconds(),
        times.stepSeconds());
  }
}
