package dev.quern.predict;

/**
 * A class with its predicted probability.
 *
 * @param label the class name
 * @param index the class index
 * @param probability the probability, in [0, 1]
 */
public record LabelScore(String label, int index, double probability) {}
