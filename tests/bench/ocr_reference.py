"""Reads the pages that OcrBench drew by PaddleOCR's steps: ocr_reference.py DETECTOR RECOGNIZER DICTIONARY FOLDER

Python 3 with onnxruntime, opencv, pyclipper and numpy. The steps are those of PaddleOCR's DBPostProcess,
get_rotate_crop_image, resize_norm_img and CTCLabelDecode with the defaults of its command line. Prints how many lines
are read exactly with batches of six lines, which are padded to the widest, and with one line at a time.
"""

import glob
import math
import os
import sys

import cv2
import numpy as np
import onnxruntime
import pyclipper

THRESHOLD, BOX_THRESHOLD, UNCLIP, MOST_SIDE = 0.3, 0.6, 1.5, 960
HEIGHT, WIDTH, BATCH, TEXT_THRESHOLD = 48, 320, 6, 0.5


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def mini_box(contour):
    rect = cv2.minAreaRect(contour)
    points = sorted(cv2.boxPoints(rect).tolist(), key=lambda p: p[0])
    left, right = sorted(points[:2], key=lambda p: p[1]), sorted(points[2:], key=lambda p: p[1])
    return np.array([left[0], right[0], right[1], left[1]]), min(rect[1])


def score(pred, box):
    h, w = pred.shape
    xs, ys = box[:, 0], box[:, 1]
    left, right = np.clip([math.floor(xs.min()), math.ceil(xs.max())], 0, w - 1).astype(int)
    top, bottom = np.clip([math.floor(ys.min()), math.ceil(ys.max())], 0, h - 1).astype(int)
    mask = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(mask, [(box - [left, top]).astype(np.int32)], 1)
    return cv2.mean(pred[top : bottom + 1, left : right + 1], mask)[0]


def unclip(box):
    distance = cv2.contourArea(box.astype(np.float32)) * UNCLIP / cv2.arcLength(box.astype(np.float32), True)
    offset = pyclipper.PyclipperOffset()
    offset.AddPath(box.tolist(), pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    return offset.Execute(distance)


def detect(detector, image):
    h, w = image.shape[:2]
    ratio = MOST_SIDE / max(h, w) if max(h, w) > MOST_SIDE else 1.0
    rh, rw = (max(int(round(int(side * ratio) / 32) * 32), 32) for side in (h, w))
    x = cv2.resize(image, (rw, rh)).astype(np.float32) / 255
    x = (x - np.array([0.485, 0.456, 0.406], np.float32)) / np.array([0.229, 0.224, 0.225], np.float32)
    pred = detector.run(None, {detector.get_inputs()[0].name: x.transpose(2, 0, 1)[None]})[0][0, 0]
    contours, _ = cv2.findContours((pred > THRESHOLD).astype(np.uint8) * 255, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for contour in contours[:1000]:
        box, side = mini_box(contour)
        if side < 3 or score(pred, box) < BOX_THRESHOLD:
            continue
        grown = unclip(box)
        if len(grown) != 1:
            continue
        box, side = mini_box(np.array(grown[0]).reshape(-1, 1, 2))
        if side < 5:
            continue
        box[:, 0] = np.clip(np.round(box[:, 0] / rw * w), 0, w - 1)
        box[:, 1] = np.clip(np.round(box[:, 1] / rh * h), 0, h - 1)
        if int(np.linalg.norm(box[0] - box[1])) > 3 and int(np.linalg.norm(box[0] - box[3])) > 3:
            boxes.append(box.astype(np.float32))
    return sorted(boxes, key=lambda b: (b[0][1], b[0][0]))


def crop(image, box):
    w = int(max(np.linalg.norm(box[0] - box[1]), np.linalg.norm(box[2] - box[3])))
    h = int(max(np.linalg.norm(box[0] - box[3]), np.linalg.norm(box[1] - box[2])))
    onto = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    part = cv2.warpPerspective(
        image, cv2.getPerspectiveTransform(box, onto), (w, h), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC
    )
    return np.rot90(part) if part.shape[0] / part.shape[1] >= 1.5 else part


def recognize(recognizer, characters, parts, batch):
    order = np.argsort([p.shape[1] / p.shape[0] for p in parts])
    texts = [""] * len(parts)
    for first in range(0, len(parts), batch):
        some = order[first : first + batch]
        widest = max([WIDTH / HEIGHT] + [parts[i].shape[1] / parts[i].shape[0] for i in some])
        if batch == 1:
            widest = parts[some[0]].shape[1] / parts[some[0]].shape[0]
        width = int(HEIGHT * widest)
        x = np.zeros((len(some), 3, HEIGHT, width), np.float32)
        for j, i in enumerate(some):
            own = min(width, math.ceil(HEIGHT * parts[i].shape[1] / parts[i].shape[0]))
            scaled = cv2.resize(parts[i], (own, HEIGHT)).astype(np.float32).transpose(2, 0, 1) / 255
            x[j, :, :, :own] = (scaled - 0.5) / 0.5
        for j, steps in zip(some, recognizer.run(None, {recognizer.get_inputs()[0].name: x})[0]):
            best, scores = steps.argmax(1), steps.max(1)
            keep = [t for t in range(len(best)) if best[t] != 0 and (t == 0 or best[t] != best[t - 1])]
            if keep and scores[keep].mean() >= TEXT_THRESHOLD:
                texts[j] = "".join(characters[best[t] - 1] for t in keep)
    return texts


def main(detector, recognizer, dictionary, folder):
    detector, recognizer = session(detector), session(recognizer)
    with open(dictionary, encoding="utf-8") as file:
        characters = file.read().split("\n")
    characters = characters[:-1] if characters[-1] == "" else characters
    characters.append(" ")
    for batch in (BATCH, 1):
        lines = exact = without_spaces = 0
        for page in sorted(glob.glob(os.path.join(folder, "page-*.png"))):
            image = cv2.imread(page)
            boxes = detect(detector, image)
            read = recognize(recognizer, characters, [crop(image, b) for b in boxes], batch)
            joined = [line.replace(" ", "") for line in read]
            with open(page.replace(".png", ".txt"), encoding="utf-8") as file:
                for line in file.read().splitlines():
                    lines += 1
                    exact += line in read
                    without_spaces += line.replace(" ", "") in joined
        print(f"batches of {batch}: {exact} of {lines} lines exact, {without_spaces} without regard to spaces")


main(*sys.argv[1:])
