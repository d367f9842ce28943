/** What a document may have at most. They bound everything that is done with it later, by libraries too. */
export const XML_LIMITS = {
	bytes: 2_000_000,
	elements: 20_000,
	depth: 100,
	attributesOfAnElement: 200,
} as const;
