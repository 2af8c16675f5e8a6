"""How often a code was scanned, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping

ZH_SCANS: Mapping[str, str] = {
    "scans.title": "此码的扫码情况",
    "scans.count": "共计 {visits} 次访问，分布在 {days} 天。",
    "scans.none": "目前尚未计到扫码。",
    "scans.unusual": "此码被扫描的次数异常偏多。",
    "scans.unusual.more": "可能是同一个码被印在了多件商品上，也可能只是看的人多。"
    "请将手中的商品与本页核对，如有不符，请询问商家或平台。",
    "scans.on": "（实计 {count}，{since}）",
    "scans.between": "（实计 {count}，{since} 至 {until}）",
    "scans.how": "如何计数，何时算异常偏多",
    "scans.visit": "同一网络在同一天内打开二维码中的链接，无论多少次，计为一次访问。以其他方式打开本页不计。",
    "scans.rules": "符合以下任一条，即视为扫描次数异常偏多：",
    "scans.norules": "本网关已关闭全部规则。",
    "scans.private": "只保存每天的访问次数，不保存地址、设备或 Cookie。用于区分网络的数据每天清除。日期按北京时间。",
}
