package dev.quern.predict;

/**
 * A class that a model considers.
 *
 * @param label its name
 * @param index its place among the outputs
 * @param probability in [0, 1]
 */
public record Prediction(String label, int index, double probability) {}
