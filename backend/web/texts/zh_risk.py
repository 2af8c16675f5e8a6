"""The console's words about risk and the draw, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping

ZH_RISK: Mapping[str, str] = {
    "risk.title": "风险与抽签",
    "risk.score": "{score} 分（满分 100）",
    "risk.version": "设置版本 {version}",
    "risk.forced": "不论评分直接列入本等级：{factors}",
    "risk.factors": "评分构成",
    "risk.points": "分值",
    "risk.why": "依据",
    "tier.Direct": "直接放行",
    "tier.Review": "单证审核",
    "tier.Inspect": "查验",
    "draw.title": "抽签",
    "draw.off": "本关区未启用抽签。",
    "draw.pending": "等待抽签：该包裹所在轮次尚未结束。",
    "draw.undrawn": "没有抽签结果：申报时没有开放的轮次，或该轮次失败，改由人工审核单证。",
    "draw.selected": "已抽中查验（关区 {district} 第 {round} 轮，号码 {number}）。",
    "draw.passed": "未抽中（关区 {district} 第 {round} 轮，号码 {number}）。",
    "draw.late": "抽签时该包裹已进入后续环节。",
    "draw.check": "任何人都可以从链上核对抽签：guanlian draw verify {parcel}",
    "kind.RoundOpening": "开启抽签轮次",
    "kind.BlockHashRecording": "记录轮次的区块哈希",
    "kind.SeedRevealing": "公布轮次的种子",
    "kind.RoundFailure": "记录轮次失败",
}
