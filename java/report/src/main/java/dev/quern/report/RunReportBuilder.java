package dev.quern.report;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.diagnostics.Finding;
import dev.quern.diagnostics.LabelDiagnostics;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.profile.LayerTimes;
import dev.quern.report.data.ActivationData;
import dev.quern.report.data.EpochData;
import dev.quern.report.data.FindingData;
import dev.quern.report.data.OutputData;
import dev.quern.report.data.RunData;
import dev.quern.report.data.StepData;
import dev.quern.report.data.StepTimeData;
import dev.quern.report.measure.Epochs;
import dev.quern.report.measure.Filters;
import dev.quern.report.measure.NetworkTable;
import dev.quern.report.measure.Outputs;
import dev.quern.report.measure.StepTimes;
import dev.quern.train.History;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A builder of a {@link RunReport}, created by {@link RunReport#of}. Not thread-safe. */
public final class RunReportBuilder {
  private static final String OPERATION = "report";

  private final ModelData model;
  private final Map<String, String> facts = new LinkedHashMap<>();
  private String title;
  private @Nullable History history;
  private List<EpochData> heard = List.of();
  private List<StepData> steps = List.of();
  private String evaluatedOn = "";
  private List<OutputData> outputs = List.of();
  private List<ActivationData> activations = List.of();
  private @Nullable StepTimeData times;
  private List<FindingData> findings = List.of();

  RunReportBuilder(ModelData model) {
    this.model = model;
    title = model.network().name();
    facts.putAll(model.provenance());
  }

  /** Sets the title of the report; by default the network's name. */
  public RunReportBuilder title(String text) {
    title = Require.present(OPERATION, "title", text);
    return this;
  }

  /** Sets the results of the run's epochs; by default those recorded by {@link #curves}. */
  public RunReportBuilder history(History of) {
    history = Require.present(OPERATION, "history", of);
    return this;
  }

  /**
   * Sets the loss and learning rate of each step that {@code of} has recorded so far; by default
   * none.
   */
  public RunReportBuilder curves(Curves of) {
    Require.present(OPERATION, "curves", of);
    steps = of.steps();
    heard = of.epochs();
    return this;
  }

  /** Adds the activation statistics recorded so far; by default none. */
  public RunReportBuilder activations(Activations of) {
    activations = Require.present(OPERATION, "activations", of).measured();
    return this;
  }

  /**
   * Adds the profile of a training step, the result of {@code Trainer.profile}; by default none.
   */
  public RunReportBuilder layerTimes(LayerTimes of) {
    times = StepTimes.of(Require.present(OPERATION, "layerTimes", of));
    return this;
  }

  /**
   * Returns the most confident mistakes in the data set passed to {@link #evaluate}, by descending
   * confidence; empty without an evaluation. A sample's name is its index.
   */
  public List<LabelDiagnostics.Mistake> mistakes() {
    return outputs.stream()
        .flatMap(o -> o.mistakes().stream())
        .map(
            m ->
                new LabelDiagnostics.Mistake(
                    Integer.toString(m.index()), m.label(), m.answer(), m.confidence()))
        .toList();
  }

  /**
   * Sets the likely problems of data and training, which are listed at the top of the report; by
   * default none.
   */
  public RunReportBuilder findings(List<Finding> all) {
    findings = Require.all(OPERATION, "findings", all).stream().map(FindingData::of).toList();
    return this;
  }

  /** Adds facts about the run by name, in addition to the model's provenance. */
  public RunReportBuilder facts(Map<String, String> more) {
    facts.putAll(Require.all(OPERATION, "facts", more));
    return this;
  }

  /**
   * Evaluates the model on a data set, which is read twice during this call; by default, the report
   * does not contain an evaluation.
   *
   * @param name the name of the data set in the report, for example {@code test}
   * @throws InvalidArgumentException if the network has several inputs or outputs
   * @throws dev.quern.error.DataException if the data set throws an exception, or a sample does not
   *     match the data set's shape and classes
   */
  public RunReportBuilder evaluate(String name, Dataset data) {
    Require.present(OPERATION, "data", data);
    Network network = model.network();
    if (!network.isSingle()) {
      throw new InvalidArgumentException(
          OPERATION
              + ": network "
              + network.name()
              + " requires a data set for each of "
              + network.inputs().keySet()
              + " and "
              + network.outputs());
    }
    return evaluate(
        name,
        MultiDataset.of(
            Map.of(network.inputs().keySet().iterator().next(), data),
            Map.of(network.outputs().get(0), data)));
  }

  /**
   * Evaluates the model on a data set with any number of inputs and outputs, as {@link
   * #evaluate(String, Dataset)} does.
   */
  public RunReportBuilder evaluate(String name, MultiDataset data) {
    Require.present(OPERATION, "name", name);
    outputs = Outputs.of(model, Require.present(OPERATION, "data", data));
    evaluatedOn = name;
    return this;
  }

  /** Returns the report with all data added so far. */
  public RunReport build() {
    return new RunReport(
        new RunData(
            RunData.VERSION,
            title,
            facts,
            history == null ? heard : Epochs.of(history, heard),
            steps,
            NetworkTable.of(model.network()),
            Filters.of(model),
            evaluatedOn,
            outputs,
            activations,
            times,
            findings));
  }
}
